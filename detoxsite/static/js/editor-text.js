// Turns the text boxes of an article into editors, also those of a new block: at once, since what is typed before would
// go into the plain box and be taken for HTML. The editor's own preset waits for the modules of further extensions, and
// has a menu of its own, where a block has one for everything (editor-blocks.js).
import * as editor from "django-prose-editor/editor";
import { register } from "block-editors";
import { BlockKeys } from "block-keys";
import { PasteCleaning } from "editor-paste";
import { Link } from "link-dialog";

const CONFIGURATION = "data-django-prose-editor-article";
const known = { ...editor, PasteCleaning, Link };

const create = (textarea) => {
  if (textarea.closest(".prose-editor")) return null;
  const { extensions } = JSON.parse(textarea.getAttribute(CONFIGURATION));
  const chosen = Object.entries(extensions).filter(([name]) => known[name] && name !== "Menu")
    .map(([name, options]) => (typeof options === "object" ? known[name].configure(options) : known[name]));
  const made = editor.createTextareaEditor(textarea, [...chosen, BlockKeys]);
  register(textarea, made);
  return made;
};
editor.initializeEditors(create, `[${CONFIGURATION}]`);
