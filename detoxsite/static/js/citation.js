// Takes a pasted citation apart, as PubMed, journals and word processors write them: AMA and Vancouver, APA, MLA,
// Chicago, and what agencies publish. Nothing is asked of any server. What cannot be told apart is left out.
const YEAR = /(?<![\d–:/-])\b((?:19|20)\d\d)\b[a-z]?(?![\d–-])/;
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const MONTH = "(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\\.?";
const DOI = /(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:?\s*)?\b(10\.\d{4,9}\/[^\s"<>]+)/i;
const PMID = /(?:https?:\/\/pubmed\.ncbi\.nlm\.nih\.gov\/|\bpmid:?\s*)(\d{1,9})\b\/?/i;
const URL = /https?:\/\/[^\s<>"]+/i;
const READ = new RegExp(`\\b(?:accessed|retrieved|cited|last read|updated)\\b(?: on)? ?(?:(${MONTH}) (\\d{1,2}),? (\\d{4})|(\\d{1,2}) (${MONTH}) (\\d{4})|(\\d{4}) (${MONTH}) (\\d{1,2}))`, "i");
const NOISE = /\b(?:available (?:from|at)|retrieved from|epub [^.]*|pmcid:? ?pmc\d+|published online [^.]*)[:.;]?|\[(?:cited[^\]]*|internet)\]/gi;

// Words in small letters that stand in citations beside title and journal: in names, and around dates, pages and addresses
const USUAL = new Set(("and et al eds ed for of on the in to with van von der den de la le les di da del della du dos das do el bin ibn ten te zu zur "
  + "doi pmid pmcid vol no pp pt suppl article pages accessed retrieved available from at cited last read updated epub ahead print published online").split(" "));
const ASIDE = /^\W*(?:see|cf|compare|note|but|e\.?g|i\.?e|n\.?b|adapted|quoted|reprinted)\b/i;

const trim = (text) => text.trim().replace(/^[\s.,;:&)\]]+|[\s,;:&([]+$/gu, "").trim();
const bare = (text) => trim(text).replace(/\.$/, "").trim();
const names = (text) => trim(text).replace(/(?:\s+\.)+$/, "").replace(/(?<=\p{Ll}{2})\.$/u, ""); // the period of an initial stays
const isInitials = (part) => /(?:^|[\s.-])\p{Lu}\.?$/u.test(part) || /\bet al$/.test(part);

// Sentences; the periods of initials and of “et al.” do not end one before a further name.
const sentences = (text) => text.split(/(?<=[.?!]["”’]?)\s+(?=["“‘]?[\p{Lu}\d])/u).reduce((all, part) => {
  const last = all.at(-1);
  if (last !== undefined && /(?:^|[\s.-])\p{Lu}\.$/u.test(last) && /^\p{Lu}\./u.test(part)) all[all.length - 1] = `${last} ${part}`;
  else all.push(part);
  return all;
}, []);

const dayOf = (found) => {
  const [month, day, year] = found[1] ? [found[1], found[2], found[3]] : found[4] ? [found[5], found[4], found[6]] : [found[8], found[9], found[7]];
  const number = MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1;
  return `${year}-${String(number).padStart(2, "0")}-${day.padStart(2, "0")}`;
};

// "N Engl J Med. 2012;367(19):1805-13", "Journal, 367(19), 1805–1813", "NIDA; 2023": where it was published, and when
const published = (text, known = "") => {
  const year = known || YEAR.exec(text)?.[1] || "";
  const rest = known ? text : text.replace(new RegExp(`\\(?${YEAR.source}\\)?(?:,? ${MONTH}(?: \\d{1,2})?)?`, "iu"), "\u0001");
  const [, container = "", detail = ""] = /^(.*?)((?:[.,;:]?\s*\u0001|[.;]\s|[.;]$|,\s*(?:vol|no|pp?)\b|[,.]?\s+(?:\d|\(\d)).*)?$/iu.exec(rest) ?? [];
  return { container: bare(container), year, detail: bare(detail.replace(/\s*[.,;:]*\s*\u0001\s*([;:,.]?)\s*/u, (_, sign) => (sign === "," ? ", " : " ")).replace(/^[\s.,;:]+/, "")) };
};

const withQuotes = (text) => {
  const found = /^(.*?)["“](.+?)["”]\s*(.*)$/u.exec(text);
  if (!found) return null;
  const before = found[1].replace(YEAR, "").replace(/\(\s*\)/, ""), year = YEAR.exec(found[1])?.[1];
  return { authors: names(before), title: bare(found[2].replace(/,$/, "")), ...published(found[3], year) };
};

const withYearInBrackets = (text) => {
  const found = /^([^()]*?)\s*\(((?:19|20)\d\d)[a-z]?(?:, [^)]*)?\)\.?\s+(.+)$/u.exec(text);
  if (!found) return null;
  const [title, ...rest] = sentences(found[3]);
  if (!rest.length && !/[.?!]$/.test(title)) return null;
  return { authors: names(found[1]), title: bare(title), ...published(rest.join(" "), found[2]) };
};

const inSentences = (text) => {
  const [authors, title, ...rest] = sentences(text);
  if (/[?!]$/.test(authors)) return { title: authors, ...published([title, ...rest].join(" ")) };
  if (rest.length) return { authors: bare(authors), title: bare(title), ...published(rest.join(" ")) };
  if (!title) return null;
  return isInitials(bare(authors)) ? null : { title: bare(authors), ...published(title) }; // without authors
};

// The fields of a source that the text holds, each only if it was found. A DOI or PMID alone is found, too.
export const parse = (typed) => {
  let text = typed.replace(/\s+/g, " ").trim().replace(/^(?:\[?\d{1,3}[.)\]])\s+(?=\p{Lu})/u, "");
  const found = {};
  const take = (pattern, name, of = (match) => match[1]) => {
    const match = pattern.exec(text);
    if (!match) return;
    found[name] = of(match);
    text = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`;
  };
  take(DOI, "doi", (match) => match[1].replace(/[.,;]+$/, "").replace(/\)$/, (end) => (match[1].includes("(") ? end : "")));
  take(PMID, "pmid");
  take(URL, "url", (match) => match[0].replace(/[.,;)]+$/, ""));
  take(READ, "accessed_on", dayOf);
  text = text.replace(NOISE, " ").replace(/\s+/g, " ").replace(/(?:\s[.,;:]+)+$/, "").trim();
  const parts = text.length > 12 ? withQuotes(text) ?? withYearInBrackets(text) ?? inSentences(text) : null;
  const isCitation = parts?.title && parts.container && (parts.year || found.doi || found.pmid || found.url);
  return Object.fromEntries(Object.entries({ ...(isCitation ? parts : {}), ...found }).filter(([, value]) => value));
};

// What identifies the source of a row, as it was typed into its fields.
export const identify = ({ doi, pmid, url }) => parse(`${doi} ${pmid && `PMID: ${pmid}`} ${url}`);
// Whether two are one source, by DOI or else by PMID; null where they have neither in common. A DOI that begins like
// another one is another source: the versions of a Cochrane review do.
export const isSame = (one, other) => {
  const name = ["doi", "pmid"].find((key) => one[key] && other[key]);
  return name ? one[name].toLowerCase() === other[name].toLowerCase() : null;
};

const smallWords = (text) => text.split(/[^\p{L}\p{N}]+/u).filter((word) => /^\p{Ll}\p{L}+$/u.test(word));
// Whether somebody wrote more than the citation, as in “the dose was halved, see …”: such words would be lost with it, or
// end up among authors and pages. ``row``: all that is known of a source already.
export const hasOther = (typed, { title = "", container = "" }, row = "") => {
  const known = new Set(smallWords(`${title} ${container} ${row}`));
  const words = smallWords(typed.replace(URL, " ").replace(DOI, " ").replace(PMID, " ").replace(/\bwww\.\S+/g, " "));
  return ASIDE.test(typed) || words.some((word) => !known.has(word) && !USUAL.has(word));
};

const standsIn = (text, name) => name.length > 9
  && new RegExp(`(?<![\\p{L}\\p{N}])${name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}(?![\\p{L}\\p{N}:])`, "iu").test(text);
// Whether a footnote names the source of a row by DOI, PMID, web address or title, and says nothing else.
export const isNamed = (note, row) => {
  const found = parse(note), isUrl = row.url.length > 9 && found.url?.toLowerCase() === row.url.toLowerCase();
  return (isSame(found, identify(row)) ?? (isUrl || standsIn(note, row.title))) && !hasOther(note, found, Object.values(row).join(" "));
};
