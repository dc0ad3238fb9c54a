// Photos on their way to the bank: sent once, kept over failures and refusals with the reason.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { newPhone, openTab } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

let bank;
let tab;

beforeEach(async () => {
  bank = new Bank(round(3, 1, stop(31)));
  await newPhone(bank);
  tab = await openTab("outbox", "photos", "store", "sync");
});

const keptPhotos = async () => (await tab.store.readAll()).photos;

test("a photo arrives with its bytes and leaves the phone", async () => {
  await tab.photos.putPhoto("picture", 3, new Uint8Array([1, 2, 3]).buffer);
  await tab.sync.sync();
  assert.deepEqual([...new Uint8Array(bank.photos.get("picture"))], [1, 2, 3]);
  assert.deepEqual(await keptPhotos(), []);
});

for (const failure of ["drop", "lose", 500, 503, { status: 400, error: "form_too_old" }]) {
  test(`a photo that could not be sent (${failure.error ?? failure}) is sent at the next contact`, async () => {
    await tab.photos.putPhoto("picture", 3, new ArrayBuffer(8));
    bank.fail(/photos/, failure);
    await tab.sync.sync();
    assert.deepEqual(await keptPhotos(), ["picture"]);
    await tab.sync.sync();
    assert.deepEqual([await keptPhotos(), bank.photos.size], [[], 1]);
  });
}

for (const status of [404, 413, 422]) {
  test(`a photo that the bank refuses (${status}) stays with its reason until the collector decides`, async () => {
    await tab.photos.putPhoto("picture", 3, new ArrayBuffer(8));
    const { client_id } = await tab.outbox.record(3, "collected", { pickup: 31, payload: { photo: "picture" } });
    bank.fail(/photos/, status);
    for (let contact = 0; contact < 2; contact++) await tab.sync.sync();
    const stored = await tab.store.readAll();
    assert.deepEqual(stored.photoFaults, { picture: { message: `refused with ${status}`, final: true } });
    assert.deepEqual([stored.photos, bank.count(/photos/)], [["picture"], 1]);
    assert.deepEqual(tab.outbox.unsentRecords(stored).map((event) => event.client_id), [client_id]);
    await tab.photos.requeuePhoto("picture");
    await tab.sync.sync();
    assert.deepEqual([await keptPhotos(), bank.photos.size, (await tab.store.readAll()).photoFaults], [[], 1, {}]);
  });
}

test("a photo on which the server fails is tried at each contact and shows the reason", async () => {
  await tab.photos.putPhoto("picture", 3, new ArrayBuffer(8));
  bank.fail(/photos/, 500, { times: 2 });
  for (const reason of [{ message: "refused with 500", final: false }, { message: "refused with 500", final: false }, undefined]) {
    await tab.sync.sync();
    assert.deepEqual((await tab.store.readAll()).photoFaults?.picture, reason);
  }
});

test("a deleted photo comes back with its bytes", async () => {
  await tab.photos.putPhoto("picture", 3, new Uint8Array([1, 2]).buffer);
  const photo = await tab.photos.readPhoto("picture");
  await tab.photos.discardPhoto("picture");
  assert.deepEqual(await keptPhotos(), []);
  await tab.photos.restorePhoto("picture", photo);
  assert.equal((await tab.photos.readPhoto("picture")).bytes.byteLength, 2);
});

test("a photo that fails does not hold up the next one", async () => {
  for (const id of ["a", "b"]) await tab.photos.putPhoto(id, 3, new ArrayBuffer(8));
  bank.fail(/photos\/a/, 500);
  await tab.sync.sync();
  assert.deepEqual([await keptPhotos(), [...bank.photos.keys()]], [["a"], ["b"]]);
});

test("without a network the second photo is not even tried", async () => {
  for (const id of ["a", "b"]) await tab.photos.putPhoto(id, 3, new ArrayBuffer(8));
  bank.fail(/photos\/a/, "drop");
  await tab.sync.sync();
  assert.deepEqual([await keptPhotos(), bank.photos.size], [["a", "b"], 0]);
});

test("a phone with the photo of a sent record is not handed to another person", async () => {
  await tab.sync.sync();
  await tab.photos.putPhoto("picture", 3, new ArrayBuffer(8));
  await tab.outbox.record(3, "collected", { pickup: 31, payload: { photo: "picture" } });
  bank.fail(/photos/, 500);
  await tab.sync.sync();
  bank.person = { id: 2, name: "Bruno" };
  await tab.sync.sync();
  assert.deepEqual([tab.sync.state.stranger, await keptPhotos()], [true, ["picture"]]);
});
