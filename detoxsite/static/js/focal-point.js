// The focal point of a picture: a point on it, set by click, touch or arrow keys, for the two numbers below it; and what
// is cut out around it, as articles/renditions.py does.
const STEP = 1, FAR = 10; // percent
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const bounded = (number) => Math.min(100, Math.max(0, Math.round(Number(number))));

const start = (group) => {
  const stage = group.querySelector("[data-stage]"), image = stage.querySelector("img"), cut = group.querySelector("[data-cut]");
  const [left, top] = group.querySelectorAll("input");
  const point = Object.assign(document.createElement("div"), { className: "point", tabIndex: 0 });
  point.setAttribute("role", "slider");
  point.setAttribute("aria-label", "Focal point, moved by the arrow keys");
  point.setAttribute("aria-valuemin", "0");
  point.setAttribute("aria-valuemax", "100");
  const value = (field) => bounded(field.value === "" ? 50 : field.value);

  const show = () => {
    const [x, y] = [value(left), value(top)];
    point.style.left = `${x}%`;
    point.style.top = `${y}%`;
    point.setAttribute("aria-valuenow", String(x));
    point.setAttribute("aria-valuetext", `${x} percent from the left, ${y} percent from the top`);
    const [width, height] = [image.naturalWidth || image.width, image.naturalHeight || image.height], side = Math.min(width, height);
    const placed = (part, whole) => (whole > side ? Math.min(100, Math.max(0, (part / 100 * whole - side / 2) / (whole - side) * 100)) : 50);
    cut.querySelector("img").style.objectPosition = `${placed(x, width)}% ${placed(y, height)}%`;
  };
  const set = (x, y) => {
    [left.value, top.value] = [bounded(x), bounded(y)];
    left.dispatchEvent(new Event("change", { bubbles: true }));
    show();
  };
  const setAt = (event) => {
    const box = image.getBoundingClientRect();
    set((event.clientX - box.left) / box.width * 100, (event.clientY - box.top) / box.height * 100);
  };

  // A tap, not a touch: a finger on the picture may be about to scroll. The point itself can be dragged.
  stage.addEventListener("click", (event) => {
    if (event.target !== point) setAt(event);
    point.focus({ preventScroll: true });
  });
  point.addEventListener("pointerdown", (event) => point.setPointerCapture(event.pointerId));
  point.addEventListener("pointermove", (event) => { if (point.hasPointerCapture(event.pointerId)) setAt(event); });
  point.addEventListener("keydown", (event) => {
    const way = STEPS[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const far = event.shiftKey ? FAR : STEP;
    set(value(left) + way[0] * far, value(top) + way[1] * far);
  });
  for (const field of [left, top]) field.addEventListener("input", show);
  image.addEventListener("load", show);
  stage.append(point);
  cut.hidden = false;
  show();
};
document.querySelectorAll("[data-focal]").forEach(start);
