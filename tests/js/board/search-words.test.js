import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isFound } from "../../../static/js/board/search-words.js";

const cases = JSON.parse(readFileSync(new URL("../../search_cases.json", import.meta.url)));

test("the filter of the day finds by the rules of the server", () => {
  for (const { query, text, found } of cases) assert.equal(isFound(query, text), found, query);
});
