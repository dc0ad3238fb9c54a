// Hashes of PINs: salted and stretched (PBKDF2), never the PIN itself.
const ITERATIONS = 200_000;
export const PIN = /^\d{4,8}$/;

export async function hashPin(pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt: [...salt], hash: await hashed(pin, salt) };
}

export const pinMatches = async ({ salt, hash }, given) => (await hashed(given, new Uint8Array(salt))) === hash;

async function hashed(pin, salt) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS }, key, 256);
  return [...new Uint8Array(bits)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
