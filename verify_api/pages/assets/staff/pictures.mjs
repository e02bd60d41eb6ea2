/* Pictures that came with an answer, drawn on canvases: they have no address, and no cache keeps them. */

/** Draw every picture below an element. */
export function drawAll(place) {
  place.querySelectorAll("canvas[data-picture]").forEach(draw);
}

async function draw(canvas) {
  const bytes = Uint8Array.from(atob(canvas.dataset.picture), (each) => each.charCodeAt(0));
  canvas.removeAttribute("data-picture");
  const picture = await createImageBitmap(new Blob([bytes], { type: canvas.dataset.type }));
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  canvas.dataset.drawn = "";
}

/** Show a drawn canvas as large as the screen lets it be. */
export function enlarge(canvas, dialog) {
  const large = dialog.querySelector("canvas");
  large.width = canvas.width;
  large.height = canvas.height;
  large.getContext("2d").drawImage(canvas, 0, 0);
  dialog.showModal();
}

/** What a canvas shows, as a file. */
export function photographed(canvas) {
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(new File([blob], "camera.jpg", { type: "image/jpeg" })), "image/jpeg", 0.92);
  });
}
