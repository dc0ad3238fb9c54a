// Photos taken at a door: made small, stored on the phone, sent after the record that names them.
import { postPhoto } from "./api.js";
import { attemptEach } from "./attempt-each.js";
import { reading, transaction } from "./store.js";

const LONGEST_SIDE_PX = 1280;
const QUALITY = 0.7;
// A photo that the bank will never take is not offered for ever.
const FINAL = [404, 413, 422];

// Returns bytes, not a blob: Safari loses blobs in a database.
export async function shrink(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return blob.arrayBuffer();
}

export const putPhoto = (id, round, bytes) =>
  transaction((tx) => tx.objectStore("photos").put({ round, bytes }, id));

export async function sendPhotos() {
  await attemptEach(await reading((tx) => tx.objectStore("photos").getAllKeys()), sendPhoto);
}

async function sendPhoto(id) {
  const photo = await reading((tx) => tx.objectStore("photos").get(id));
  try {
    await postPhoto(`/phone/rounds/${photo.round}/photos/${id}`, photo.bytes);
  } catch (error) {
    if (!FINAL.includes(error.status)) throw error;
  }
  await transaction((tx) => tx.objectStore("photos").delete(id));
}
