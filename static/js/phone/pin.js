// How a PIN is kept: salted and stretched, never as it was typed.
const STRETCHED = 200_000;
export const PIN = /^\d{4,8}$/;

export async function sealed(pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt: [...salt], hash: await hashed(pin, salt) };
}

export const matches = async ({ salt, hash }, given) => (await hashed(given, new Uint8Array(salt))) === hash;

async function hashed(pin, salt) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: STRETCHED }, key, 256);
  return [...new Uint8Array(bits)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
