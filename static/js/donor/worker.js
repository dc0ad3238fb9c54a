// The program beside the pages: it shows what is pushed, and a page where there is no network.
export const register = () => navigator.serviceWorker.register("/donor/service-worker.js");

// A browser that refuses it has the pages without it.
export function keepWorker() {
  if (navigator.serviceWorker) register().catch(() => null);
}
