// Pictures taken at a door: made small, kept on disk, sent after the record that names them.
import { Away, sendPhoto } from "./api.js";
import { looking, writing } from "./store.js";

const LONGEST_SIDE = 1280;
const QUALITY = 0.7;

export async function shrink(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  // Bytes, not a blob: Safari loses blobs that were kept in a database.
  return blob.arrayBuffer();
}

export const keepPhoto = (id, round, bytes) =>
  writing((tx) => tx.objectStore("photos").put({ round, bytes }, id));

export async function flushPhotos() {
  const ids = await looking((tx) => tx.objectStore("photos").getAllKeys());
  for (const id of ids) {
    const photo = await looking((tx) => tx.objectStore("photos").get(id));
    try {
      await sendPhoto(`/phone/rounds/${photo.round}/photos/${id}`, photo.bytes);
    } catch (error) {
      // One that the bank will never take is not offered for ever.
      if (!(error instanceof Away) || ![404, 413, 422].includes(error.status)) throw error;
    }
    await writing((tx) => tx.objectStore("photos").delete(id));
  }
}
