import { createServer } from 'node:http';
import { once } from 'node:events';

/** A sign-in server that gives access tokens for the refresh token it knows, and exchanges that each time, as strict ones do. */
export async function startTokenServer() {
  let serial = 1;
  let isAway = false;
  let twice = 0;
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const given = new URLSearchParams(body).get('refresh_token');
      const isKnown = given === `refresh-${serial}`;
      if (!isAway && !isKnown) twice++;
      if (!isAway && isKnown) serial++;
      const granted = { access_token: `access-${serial}`, refresh_token: `refresh-${serial}`, expires_in: '3600' };
      const [status, answer] = isAway ? [503, {}] : isKnown ? [200, granted] : [400, { error: 'invalid_grant' }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  return {
    url: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}/token`,
    refresh: () => `refresh-${serial}`,
    access: () => `access-${serial}`,
    /** How often somebody came with a token that was exchanged before. */
    refused: () => twice,
    away(is: boolean) {
      isAway = is;
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
