import assert from "node:assert/strict";
import { test } from "node:test";
import { coordinatesIn } from "../../../static/js/board/coordinates.js";

test("a pair of coordinates is split as map applications copy it", () => {
  assert.deepEqual(coordinatesIn("44.4997, 0.1650"), ["44.4997", "0.1650"]);
  assert.deepEqual(coordinatesIn(" 44.4997;-0.1650 "), ["44.4997", "-0.1650"]);
  assert.deepEqual(coordinatesIn("-12.5 130.25"), ["-12.5", "130.25"]);
});

test("one number is no pair, with a point or a comma", () => {
  for (const text of ["", "44.4997", "44,4997", "-0.5792", "44.4997,", "44.4997, "]) {
    assert.equal(coordinatesIn(text), null, text);
  }
});
