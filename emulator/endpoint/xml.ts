/** The XML of Amazon S3: elements with text, without attributes but the namespace. */

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A document with these elements. A list is one element for each item. What is undefined has no element. */
export function xmlDocument(root: string, content: object): string {
  return `${HEAD}<${root} xmlns="${NAMESPACE}">${elements(content)}</${root}>`;
}

/** A document about an error, which has no namespace: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function xmlError(code: string, message: string): string {
  return `${HEAD}<Error>${elements({ Code: code, Message: message })}</Error>`;
}

/** As the services with the query protocol have it: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function xmlErrorResponse(code: string, message: string): string {
  return `${HEAD}<ErrorResponse>${elements({ Error: { Code: code, Message: message } })}</ErrorResponse>`;
}

function elements(content: object): string {
  return Object.entries(content).flatMap(([name, value]) => [value].flat().filter((each) => each !== undefined).map((each) => element(name, each))).join('');
}

function element(name: string, value: unknown): string {
  return `<${name}>${typeof value === 'object' && value !== null ? elements(value) : inXml(String(value))}</${name}>`;
}

/** XML has no control characters but three, not even as references. https://www.w3.org/TR/xml/#charsets */
function inXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/gu, '?').replace(/[<>&\r]/g, (character) => ESCAPES[character]);
}

const ESCAPES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '\r': '&#13;' };
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** An element: its text, and its children in their order. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** No request that the emulator reads has more levels. */
const DEEPEST = 8;

/** The root element of a document. Undefined for what is no document of this simple kind: it has no DTD, no comments and no CDATA sections. */
export function readXml(document: string): XmlElement | undefined {
  const body = document.replace(/^\ufeff?\s*(<\?xml[^<>]*\?>)?\s*/, '').trimEnd();
  const open: { readonly name: string; text: string; readonly children: XmlElement[] }[] = [{ name: '', text: '', children: [] }];
  const pieces = /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)|[^]/gy;
  for (const [piece, isEnd, name, , isEmpty, text] of body.matchAll(pieces)) {
    const parent = open.at(-1)!;
    if (text !== undefined) {
      const decoded = decode(text);
      if (decoded === undefined || (open.length === 1 && text.trim() !== '')) return undefined;
      parent.text += decoded;
    } else if (name === undefined) {
      return undefined;
    } else if (isEnd) {
      if (open.length === 1 || parent.name !== name || piece.endsWith('/>')) return undefined;
      open.pop();
    } else {
      if (open.length > DEEPEST) return undefined;
      const begun = { name, text: '', children: [] };
      parent.children.push(begun);
      if (!isEmpty) open.push(begun);
    }
  }
  const [{ children }] = open;
  return open.length === 1 && children.length === 1 ? children[0] : undefined;
}

/** Undefined where a reference is none. */
function decode(text: string): string | undefined {
  let isWrong = false;
  const decoded = text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));|&/gi, (_, decimal, hexadecimal, name) => {
    const code = decimal !== undefined ? Number(decimal) : hexadecimal !== undefined ? Number.parseInt(hexadecimal, 16) : undefined;
    if (code !== undefined && code <= 0x10ffff) return String.fromCodePoint(code);
    if (name !== undefined && Object.hasOwn(ENTITIES, name)) return ENTITIES[name];
    isWrong = true;
    return '';
  });
  return isWrong ? undefined : decoded;
}
