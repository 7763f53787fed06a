// Several pictures chosen at once in a gallery: each after the first becomes a block of its own.
import { entryOf, focusBlock, insert, say } from "block-flow";

document.addEventListener("picture:several", ({ target, detail: { pictures } }) => {
  let block = target.closest(".blk");
  const entry = block && entryOf(block);
  if (!entry) return;
  for (const { id, title } of pictures) block = insert(entry, { after: block, values: { picture: { value: String(id), text: title } } });
  focusBlock(block);
  say(`${pictures.length + 1} pictures are in the gallery. Each can have a caption.`);
});
