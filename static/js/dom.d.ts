// Loose types for elements that are found by a data attribute: the template decides their kind.
interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}
interface Element {
  closest(selectors: string): any;
}
interface Document {
  getElementById(id: string): any;
}
interface EventTarget {
  matches?: any;
  closest?: any;
  value?: any;
  checked?: any;
  dataset?: any;
  blur?: any;
  files?: any;
}
interface Event {
  detail?: any;
}
// What the network costs; Safari and Firefox do not tell.
interface Navigator {
  standalone?: boolean;
  connection?: EventTarget & { type?: string; saveData?: boolean };
}
