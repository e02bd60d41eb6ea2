/* Reads codes in pictures. Its policy lets it compute and load the files beside it, and nothing else. */
"use strict";
importScripts("zxing_reader.js");

const ready = ZXingWASM.prepareZXingModule({ overrides: { locateFile: (name) => name }, fireImmediately: true });
const HOW = { formats: ["QRCode"], tryHarder: true, tryRotate: true, tryInvert: false, tryDownscale: true, maxNumberOfSymbols: 8 };

/* A picture is `picture` (ImageData) or `file` (bytes of a JPEG or PNG). */
self.onmessage = (event) => {
  const given = event.data.picture || new Uint8Array(event.data.file);
  ready
    .then(() => ZXingWASM.readBarcodes(given, HOW))
    .then((found) => self.postMessage(found.filter((each) => each.isValid).map((each) => each.text)))
    .catch(() => self.postMessage(null));
};
