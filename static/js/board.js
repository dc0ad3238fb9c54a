// The coordinator's board: behaviours found by data attributes, bound again after every swap.
import "./board/htmx.js";
import { chooseAll } from "./board/choose-all.js";
import { countDown } from "./board/countdown.js";
import { showDayMap } from "./board/day-map.js";
import { openDialogs } from "./board/dialogs.js";
import { queueUndo } from "./board/edit-queue.js";
import { applyFilter, filterVisits } from "./board/filter.js";
import { highlightVisits } from "./board/highlight.js";
import { useKeyboard } from "./board/keyboard.js";
import { useLasso } from "./board/lasso.js";
import { followLive } from "./board/dispatch.js";
import { swapParts } from "./board/partial-swap.js";
import { pauseRefresh } from "./board/pause-refresh.js";
import { pickOnMap } from "./board/pick-map.js";
import { useRosterGrid } from "./board/roster-grid.js";
import { dragRounds } from "./board/round-drag.js";
import { restoreSelection, selectVisits } from "./board/selection.js";
import { dragStops } from "./board/stop-drag.js";
import { submitOnChange } from "./board/submit-on-change.js";
import { drawZone } from "./board/zone-outline.js";

document.documentElement.classList.add("with-script");

swapParts();
openDialogs();
queueUndo();
useKeyboard();
highlightVisits();
pauseRefresh();
selectVisits();
filterVisits();
dragRounds();
useLasso();
chooseAll();
pickOnMap();
drawZone();
followLive();
useRosterGrid();
countDown();

function bind() {
  dragStops();
  showDayMap();
  submitOnChange();
  restoreSelection();
  applyFilter();
}

bind();
document.body.addEventListener("htmx:afterSettle", bind);
document.addEventListener("milkround:shown", showDayMap);
