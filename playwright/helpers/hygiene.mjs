// Records what must never happen: console errors, uncaught errors, requests that leave the site or fail,
// and violations of the Content Security Policy.

import assert from 'node:assert/strict';

export async function hygiene(page, origin) {
  const found = [];
  const note = (kind, text) => found.push(`${kind}: ${text} (on ${page.url()})`);

  await page.exposeBinding('__glassboxViolation', (_, text) => note('policy violation', text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.__glassboxViolation(`${event.violatedDirective} blocked ${event.blockedURI || 'inline'} ${event.sample}`);
    });
  });
  page.on('console', (message) => {
    if (message.type() === 'error') note('console error', `${message.text()} ${message.location().url ?? ''}`);
  });
  page.on('pageerror', (error) => note('uncaught error', error.message));
  page.on('crash', () => note('crash', 'the page crashed'));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) note('request elsewhere', url);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    if (reason !== 'net::ERR_ABORTED') note('failed request', `${request.url()} ${reason}`); // aborted: we navigated on
  });
  page.on('response', (response) => {
    if (response.status() >= 400) note('answer', `${response.status()} ${response.url()}`);
  });

  return {
    found,
    /** Forgets notes that the test provoked on purpose. */
    forget(pattern) {
      for (let i = found.length - 1; i >= 0; i -= 1) if (pattern.test(found[i])) found.splice(i, 1);
    },
    assertClean(where) {
      assert.deepEqual(found, [], `${where} must leave no trace in console, network or policy`);
    },
  };
}
