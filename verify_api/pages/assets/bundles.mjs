/* The offline bundle of this device: from this site or from a file, believed by its signatures alone, and never an older one. */
import { BundleError, encoded, open, update } from "./judging/bundle.mjs";
import { TrustListError } from "./judging/trust_list.mjs";
import { fetched, read, write } from "./sources.mjs";

const KIND = "bundle";
const MEDIA_TYPE = "application/license-bundle+cbor";

/** Is it an error that tells why a bundle was refused? */
export function isRefusal(error) {
  return error instanceof BundleError || error instanceof TrustListError;
}

/** The bundle that is kept here, opened; null if there is none that can be believed. */
export async function keptBundle(pins) {
  const held = await read(KIND);
  if (!held) { return null; }
  try {
    return await open(held.bytes, pins);
  } catch (error) {
    if (!isRefusal(error)) { throw error; }
    return null; // the page may pin another signer by now
  }
}

/** Keep a bundle, whole or what leads to it from the one before; an error that tells why if it is refused. */
export async function takeBundle(bytes, pins) {
  const old = await keptBundle(pins);
  await write(KIND, encoded(await (old ? update(old, bytes, pins) : open(bytes, pins))), Date.now());
}

/** Keep the newest bundle of this site; false if there is none. */
export async function fetchBundle(pins) {
  const old = await keptBundle(pins);
  const delta = old && await fetched(`bundle/since/${old.digest}`, MEDIA_TYPE);
  try {
    if (delta) {
      await takeBundle(delta.bytes, pins);
      return true;
    }
  } catch (error) {
    if (!isRefusal(error)) { throw error; } // the whole one tells
  }
  const whole = await fetched("bundle", MEDIA_TYPE);
  if (whole) { await takeBundle(whole.bytes, pins); }
  return whole !== null;
}
