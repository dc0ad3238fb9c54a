// The laboratory's bench: the scanner's field, the camera, the undo.
import { useCamera } from "./laboratory/camera.js";
import { offerPrint } from "./laboratory/print.js";
import { keepScanFocus } from "./laboratory/scan-focus.js";
import { endUndo } from "./laboratory/undo.js";

keepScanFocus();
useCamera();
endUndo();
offerPrint();
