// Photos that the bank did not accept: its reason for each, and the ways to go on.
import { deleteButton } from "./delete-button.js";
import { button } from "./dom.js";
import { saveFile } from "./export-file.js";
import { discardPhoto, readPhoto, requeuePhoto, restorePhoto } from "./photos.js";
import { refusedCard, stopOf } from "./refused-events.js";
import { sync } from "./sync.js";
import { t } from "./texts.js";

export const refusedPhotos = ({ photoFaults = {} }) => Object.keys(photoFaults).filter((id) => photoFaults[id].final);

export const refusedPhotoCards = (stored, refresh) =>
  refusedPhotos(stored).map((id) => refusedCard(photoLine(id, stored), stored.photoFaults[id].message, [
    button(t("send_again"), () => requeuePhoto(id).then(sync).then(refresh), { class: "full", icon: "send" }),
    button(t("export"), () => save(id), { class: "full", icon: "file" }),
    photoDeleteButton(id, refresh),
  ]));

export function photoLine(id, stored) {
  const event = stored.events.find((each) => each.payload.photo === id);
  const stop = event && stopOf(event, stored);
  return [t("photo"), stop && `${stop.first_name}, ${stop.address.town}`].filter(Boolean).join(" · ");
}

const save = async (id) => saveFile((await readPhoto(id)).bytes, "image/jpeg", `photo-${id}.jpg`);

function photoDeleteButton(id, refresh) {
  let photo = null;
  const remove = async () => {
    photo = await readPhoto(id);
    await discardPhoto(id);
    refresh();
  };
  return deleteButton(remove, () => restorePhoto(id, photo).then(refresh));
}
