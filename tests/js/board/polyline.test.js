// An encoded polyline has the points that the server wrote.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePolyline } from "../../../static/js/board/polyline.js";

test("the example of the format is decoded", () => {
  const points = decodePolyline("_p~iF~ps|U_ulLnnqC_mqNvxq`@");
  assert.deepEqual(points, [[38.5, -120.2], [40.7, -120.95], [43.252, -126.453]]);
});

test("an empty line has no point", () => {
  assert.deepEqual(decodePolyline(""), []);
});
