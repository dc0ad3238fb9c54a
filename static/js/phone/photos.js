// Photos taken at a door: made small, stored on the phone, sent after the record that names them.
import { RequestFailed, postPhoto } from "./api.js";
import { attemptEach } from "./attempt-each.js";
import { changeMeta, readAll, reading, transaction } from "./store.js";

const LONGEST_SIDE_PX = 1280;
const QUALITY = 0.7;
// A photo that the bank does not take waits for a decision of the collector.
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
  const { photos, photoFaults = {} } = await readAll();
  await attemptEach(photos.filter((id) => !photoFaults[String(id)]?.final), sendPhoto);
}

// A photo leaves the phone only once the bank has it; a failure is kept with its reason.
async function sendPhoto(id) {
  const { round, bytes } = await readPhoto(id);
  try {
    await postPhoto(`/phone/rounds/${round}/photos/${id}`, bytes);
  } catch (error) {
    if (!(error instanceof RequestFailed) || !error.status) throw error;
    const final = FINAL.includes(error.status);
    await setFault(id, { message: error.message, final });
    if (final) return;
    throw error;
  }
  await discardPhoto(id);
}

export const readPhoto = (id) => reading((tx) => tx.objectStore("photos").get(id));

export async function discardPhoto(id) {
  await transaction((tx) => tx.objectStore("photos").delete(id));
  await setFault(id, null);
}

export const restorePhoto = (id, { round, bytes }) => putPhoto(id, round, bytes);

export const requeuePhoto = (id) => setFault(id, null);

// The failures of photos by their ids; `final` ones wait for the collector's decision.
const setFault = (id, fault) =>
  changeMeta("photoFaults", (faults = {}) => {
    const others = Object.entries(faults).filter(([known]) => known !== id);
    return Object.fromEntries(fault ? [...others, [id, fault]] : others);
  });
