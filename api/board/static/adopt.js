// A camera to read the label and the phone's own position, where the browser has them. The form works without.
"use strict";
(() => {
  const scan = document.querySelector(".scan"), locate = document.querySelector(".locate");

  if (scan && "BarcodeDetector" in window && navigator.mediaDevices) {
    const video = document.getElementById("camera"), field = document.getElementById("text");
    const button = document.getElementById("scan"), status = scan.querySelector("[role=status]");
    const EVERY_MS = 250;
    let stream = null;
    const stop = () => {
      if (stream) for (const track of stream.getTracks()) track.stop();
      stream = null;
      video.hidden = true;
    };
    const look = async (detector) => {
      if (!stream) return;
      const found = await detector.detect(video).catch(() => []);
      if (found.length && found[0].rawValue) {
        field.value = found[0].rawValue;
        stop();
        field.form.requestSubmit();
        return;
      }
      setTimeout(look, EVERY_MS, detector);
    };
    button.addEventListener("click", async () => {
      if (stream) { stop(); return; }
      status.textContent = "";
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        video.srcObject = stream;
        video.hidden = false;
        await video.play();
        look(new BarcodeDetector({ formats: ["qr_code", "data_matrix"] }));
      } catch {
        stop();
        status.textContent = scan.dataset.failed;
      }
    });
    addEventListener("pagehide", stop);
    scan.hidden = false;
  }

  if (locate && navigator.geolocation && window.isSecureContext) {
    const status = locate.querySelector("[role=status]");
    const lat = document.getElementById("lat"), lon = document.getElementById("lon");
    document.getElementById("locate").addEventListener("click", () => {
      status.textContent = "…";
      navigator.geolocation.getCurrentPosition((here) => {
        lat.value = here.coords.latitude.toFixed(6);
        lon.value = here.coords.longitude.toFixed(6);
        status.textContent = `± ${Math.round(here.coords.accuracy)} m`;
      }, () => { status.textContent = locate.dataset.failed; }, { enableHighAccuracy: true, timeout: 20000 });
    });
    locate.hidden = false;
  }
})();
