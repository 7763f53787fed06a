// The rich-text editors of the page, each known by its text area.
const editors = new WeakMap();

export const register = (textarea, editor) => editors.set(textarea, editor);
export const editorOf = (textarea) => editors.get(textarea) ?? null;
export const editorIn = (block) => [...block.querySelectorAll("textarea")].map(editorOf).find(Boolean) ?? null;
