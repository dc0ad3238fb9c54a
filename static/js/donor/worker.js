// Registration of the donor's service worker.
export const register = () => navigator.serviceWorker.register("/donor/service-worker.js");

// A browser that refuses it shows the pages all the same.
export function keepWorker() {
  if (navigator.serviceWorker) register().catch(() => null);
}
