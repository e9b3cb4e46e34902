// Codecs leave their debugging lines in; nobody here listens to them.
(function () {
  "use strict";
  const nothing = () => undefined;
  const value = Object.fromEntries(["log", "info", "warn", "error", "debug", "trace"].map((name) => [name, nothing]));
  Object.defineProperty(globalThis, "console", { value, writable: true, configurable: true });
})();
