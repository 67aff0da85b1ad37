/** Where the page says in which Region requests are signed. The name of a custom domain does not tell it. */
const REGION = '<meta name="region" content="">';

/**
 * What a page in a frame, or a window that it opened, could be made to do. The page itself says which scripts it has and what it may load: this policy counts
 * besides. https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/frame-ancestors
 */
export const CONSOLE_HEADERS = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy': "frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The web page, as a function of a Region answers with it. */
export function consoleIn(page: string, region = ''): string {
  return page.replace(REGION, () => REGION.replace('""', `"${/^[a-z0-9-]*$/.test(region) ? region : ''}"`));
}
