/* Codes from the camera or a photo, read by a decoder of others (scanner/README.txt) in a worker that can do nothing else. */
const byId = (id) => document.getElementById(id);
const SIDE = 1600; // pixels: a code of 73 modules then has four of them a module if it fills a fifth of the picture
const PAUSE = 120;
let worker = null;
let stream = null;

/** Set up the buttons; `found` is called with the texts of a picture, and a canvas with that picture if the camera saw it. */
export function startScanning(facts, found) {
  if (typeof Worker !== "function" || typeof WebAssembly !== "object") { return; }
  byId("scan").hidden = false;
  byId("camera").addEventListener("click", () => useCamera(facts, found));
  byId("stop").addEventListener("click", stop);
  byId("photo").addEventListener("change", async () => {
    const file = byId("photo").files[0];
    byId("photo").value = "";
    if (!file) { return; }
    stop();
    say("reading");
    const texts = await read(facts, { file: await buffered(file) });
    say(texts ? null : "no-reader");
    if (texts) { found(texts); }
  });
}

function say(id) {
  byId("scan-words").textContent = "";
  if (id) { byId("scan-words").append(byId(id).content.cloneNode(true)); }
}

async function useCamera(facts, found) {
  const video = byId("video");
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false, video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
    video.srcObject = stream;
    show(true);
    await video.play();
  } catch (error) {
    stop();
    say("no-camera");
    return;
  }
  say("looking");
  const mine = stream;
  const canvas = document.createElement("canvas");
  while (stream === mine) {
    const texts = video.videoWidth ? await read(facts, { picture: frame(video, canvas) }) : [];
    if (stream !== mine) { return; }
    if (texts === null) {
      stop();
      say("no-reader");
    } else if (texts.length) {
      stop();
      found(texts, canvas);
    } else {
      await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
    }
  }
}

function stop() {
  if (stream) { stream.getTracks().forEach((track) => track.stop()); }
  stream = null;
  byId("video").srcObject = null;
  show(false);
  say(null);
}

function show(running) {
  byId("video").hidden = !running;
  byId("stop").hidden = !running;
  byId("camera").hidden = running;
}

/** What the camera sees, no larger than is needed. */
function frame(video, canvas) {
  const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const drawing = canvas.getContext("2d");
  drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
  return drawing.getImageData(0, 0, canvas.width, canvas.height);
}

export function buffered(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(file);
  });
}

/** Texts of all codes in a picture, in the worker; null if it does not run here. */
function read(facts, message) {
  if (worker === null) { worker = new Worker(facts.scanner.find((each) => each.endsWith("/worker.js"))); }
  return new Promise((resolve) => {
    const given = (texts) => {
      if (texts === null) {
        worker.terminate();
        worker = null;
      }
      resolve(texts);
    };
    worker.onmessage = (event) => given(event.data);
    worker.onerror = () => given(null);
    worker.postMessage(message);
  });
}
