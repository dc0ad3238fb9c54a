// The coordinator's board: each behaviour finds its own data attribute, again after every swap.
import "./board/htmx.js";
import { arrangeByDragging } from "./board/drag.js";
import { chooseVisits, chosenAgain } from "./board/choosing.js";
import { filterVisits, filterAgain } from "./board/filter.js";
import { giveRounds } from "./board/round-drag.js";
import { lasso } from "./board/lasso.js";
import { moveByKeys } from "./board/keys.js";
import { lightTogether } from "./board/light.js";
import { showDayMap } from "./board/day-map.js";
import { pickOnMap } from "./board/pick-map.js";
import { openSheets } from "./board/sheets.js";
import { chooseAll } from "./board/choose-all.js";
import { submitOnChange } from "./board/submit-on-change.js";
import { swapOnlyWhatChanged } from "./board/parts.js";
import { holdStill } from "./board/hold-still.js";
import { takeBackInTurn } from "./board/in-turn.js";
import { followLive } from "./board/dispatch.js";
import { countDown } from "./board/countdown.js";

document.documentElement.classList.add("with-script");

swapOnlyWhatChanged();
openSheets();
takeBackInTurn();
moveByKeys();
lightTogether();
holdStill();
chooseVisits();
filterVisits();
giveRounds();
lasso();
chooseAll();
pickOnMap();
followLive();
countDown();

function arrange() {
  arrangeByDragging();
  showDayMap();
  submitOnChange();
  chosenAgain();
  filterAgain();
}

arrange();
document.body.addEventListener("htmx:afterSettle", arrange);
