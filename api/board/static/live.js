// Keeps an open page true without moving what is about to be pressed. Everything here is readable without it.
"use strict";
(() => {
  const IDLE_MS = 4000, SETTLE_MS = 400;
  // Somebody on a ladder waits for the first uplink: such a page says how often it wants to be looked after.
  const ANYWAY_MS = Number(document.body.dataset.every || 60) * 1000;
  const vi = document.documentElement.lang === "vi";
  const skew = Number(document.body.dataset.now) - Date.now();
  const now = () => Date.now() + skew;
  let touchedAt = 0, wanted = false, loading = false;

  // ages that tick
  const length = (ms) => {
    const minutes = Math.max(0, Math.floor(ms / 60000)), d = Math.floor(minutes / 1440);
    const h = Math.floor(minutes / 60) % 24, m = minutes % 60;
    const [day, hour, minute] = vi ? ["ngày", "giờ", "phút"] : ["d", "h", "min"];
    if (d) return `${d} ${day}` + (h ? ` ${h} ${hour}` : "");
    if (h) return `${h} ${hour}` + (m ? ` ${m} ${minute}` : "");
    return `${m} ${minute}`;
  };
  const ago = (ms) => ms < 60000 ? (vi ? "vừa xong" : "just now") : length(ms) + (vi ? " trước" : " ago");
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  const tick = () => {
    for (const t of document.querySelectorAll("time[data-ago]")) put(t, ago(now() - Number(t.dataset.ago)));
    for (const t of document.querySelectorAll("main time[data-span]")) {
      if (t.closest(".line, .lead")) put(t, length(Math.max(60000, now() - Number(t.dataset.span))));
    }
    const age = document.getElementById("age"), newest = age && age.querySelector("time");
    if (newest) age.classList.toggle("stopped", now() - Number(newest.dataset.ago) > Number(age.dataset.stops) * 1000);
  };

  // is somebody about to press something?
  for (const name of ["pointermove", "pointerdown", "touchstart", "keydown", "scroll"]) {
    addEventListener(name, () => { touchedAt = Date.now(); }, { passive: true, capture: true });
  }
  const idle = () => Date.now() - touchedAt > IDLE_MS;
  const held = (element) => element.matches(":hover") || element.contains(document.activeElement);

  // patching
  const patchLine = (old, fresh) => {
    if (held(old)) return;
    if (old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
    old.className = fresh.className + (old.classList.contains("fresh") ? " fresh" : "");
  };
  const patchQueue = (old, fresh) => {
    const before = new Map([...old.querySelectorAll("[data-line]")].map((line) => [line.id, line]));
    const after = new Map([...fresh.querySelectorAll("[data-line]")].map((line) => [line.id, line]));
    const place = (line) => line.closest(".group").id;
    const added = [...after.keys()].filter((id) => !before.has(id));
    const moved = [...after.keys()].some((id) => before.has(id) && place(before.get(id)) !== place(after.get(id)));
    const gone = [...before.keys()].filter((id) => !after.has(id));
    const order = [...after.keys()].join() !== [...before.keys()].filter((id) => after.has(id)).join();
    if ((idle() && !held(old)) || !(added.length || gone.length || moved || order)) {
      if (added.length || gone.length || moved || order) {
        const kept = new Set(old.dataset.fresh ? old.dataset.fresh.split(" ") : []);
        if (before.size || old.querySelector("#calm")) added.forEach((id) => kept.add(id));
        old.replaceChildren(...fresh.childNodes);
        old.dataset.fresh = [...kept].filter((id) => after.has(id)).join(" ");
        for (const id of kept) { const line = document.getElementById(id); if (line) line.classList.add("fresh"); }
      } else {
        for (const [id, line] of before) patchLine(line, after.get(id));
      }
      pill(false);
      return true;
    }
    // Somebody is working here: lines keep their places until the pointer rests.
    for (const [id, line] of before) {
      if (!after.has(id)) line.classList.add("gone"); else patchLine(line, after.get(id));
    }
    pill(added.length > 0);
    return false;
  };
  const pill = (shown) => { const p = document.getElementById("newpill"); if (p) p.hidden = !shown; };
  const patch = (fresh) => {
    let settled = true;
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.getElementById(part.id);
      if (!other || other.innerHTML === part.innerHTML) continue;
      if (held(part) && part.id !== "counts") { settled = false; continue; }
      part.innerHTML = other.innerHTML;
      part.className = other.className;
    }
    const queue = document.querySelector("[data-live-queue]");
    if (queue) settled = patchQueue(queue, fresh.getElementById(queue.id)) && settled;
    tick();
    return settled;
  };

  const address = () => {
    const url = new URL(location.href);
    url.hash = "";
    if (document.querySelector("[data-live-queue]")) url.searchParams.set("fragment", "queue");
    return url;
  };
  const refresh = async () => {
    if (loading || document.hidden) { wanted = true; return; }
    loading = true;
    wanted = false;
    try {
      const answer = await fetch(address(), { headers: { Accept: "text/html" } });
      if (answer.status === 401) { location.reload(); return; }
      if (answer.ok) wanted = !patch(new DOMParser().parseFromString(await answer.text(), "text/html")) || wanted;
    } catch { wanted = true; } finally { loading = false; }
  };

  if (!document.querySelector("[data-live], [data-live-queue]")) { tick(); return; }
  let timer = 0;
  const soon = () => { clearTimeout(timer); timer = setTimeout(refresh, SETTLE_MS); };
  const stream = new EventSource("/api/v1/stream");
  stream.onmessage = soon;
  stream.addEventListener("beat", (event) => {
    const newest = document.querySelector("#age time"), said = JSON.parse(event.data).last_reading;
    if (newest && said) newest.dataset.ago = String(Date.parse(said));
    tick();
  });
  setInterval(tick, 5000);
  setInterval(() => { if (wanted && idle()) refresh(); }, 1000);
  setInterval(soon, ANYWAY_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
  addEventListener("pagehide", () => stream.close());
  tick();
})();
