import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

const PROBE_TIMEOUT_MILLIS = 5_000;

/** Does anything answer HTTP there? Whatever it answers. */
export function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = url.startsWith('http:') ? httpRequest : httpsRequest;
    const sent = request(url, { method: 'HEAD', timeout: PROBE_TIMEOUT_MILLIS }, (response) => {
      response.resume();
      resolve(true);
    });
    sent.once('timeout', () => sent.destroy(new Error('timeout')));
    sent.once('error', () => resolve(false));
    sent.end();
  });
}

/**
 * Snowflake's client repeats a statement that gets no answer a thousand times, for hours, and says nothing. So the
 * server is looked at meanwhile: `lost` is called once it has not answered for `patienceMillis`.
 * @returns ends the watch
 */
export function watchServer(url: string, patienceMillis: number, lost: () => void): () => void {
  let lastAnswer = Date.now();
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    if (await answers(url)) lastAnswer = Date.now();
    looking = false;
    if (Date.now() - lastAnswer >= patienceMillis) {
      clearInterval(timer);
      lost();
    }
  }, patienceMillis / 4);
  return () => clearInterval(timer);
}
