import { createServer } from 'node:net';
import { endlessly, http, type HostileTargets, raw } from './target.ts';

const notAnswered = /^timeout: no answer by the deadline$/;
const broken = /^broken: ./;
const ok = 'HTTP/1.1 200 OK\r\n';

/** Says it a byte a second. */
function drip(head: string, text: string): ReturnType<typeof raw> {
  return raw((socket) => {
    socket.write(head);
    let said = 0;
    const timer = setInterval(() => socket.write(text.charAt(said++ % text.length)), 1000);
    socket.on('close', () => clearInterval(timer));
  });
}

function says(text: string): ReturnType<typeof raw> {
  return raw((socket) => socket.write(text));
}

function saysAndEnds(text: string): ReturnType<typeof raw> {
  return raw((socket) => socket.end(text));
}

function status(code: number): ReturnType<typeof http> {
  return http((_, response) => response.writeHead(code).end());
}

/** Targets that speak no HTTP, bad HTTP, or HTTP without an exposition. */
export const connections: HostileTargets = {
  'accepts and never answers': { server: says(''), error: notAnswered },
  'accepts and never reads': {
    server: () => createServer({ pauseOnConnect: true }),
    error: notAnswered,
  },
  'drips its head': { server: drip('', ok), error: notAnswered },
  'drips its body': {
    server: drip(`${ok}Content-Length: 1000\r\n\r\n`, 'up 1\n'),
    error: /^timeout: the answer was not complete by the deadline, \d bytes had come$/,
  },
  'half a body by its length': {
    server: saysAndEnds(`${ok}Content-Length: 100\r\n\r\nup 1\n`),
    error: broken,
  },
  'half a body in chunks': {
    server: saysAndEnds(`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nup 1\n\r\n`),
    error: broken,
  },
  'closes before its head': { server: saysAndEnds(''), error: broken },
  'closes in its head': { server: saysAndEnds(`${ok}Content-Le`), error: broken },
  'resets the connection': {
    server: raw((socket) => socket.resetAndDestroy()),
    error: broken,
  },
  'chunks that are none': {
    server: says(`${ok}Transfer-Encoding: chunked\r\n\r\nup 1\nnonsense\r\n`),
    error: broken,
  },
  'a length that is none': { server: says(`${ok}Content-Length: -5\r\n\r\nup 1\n`), error: broken },
  'both a length and chunks': {
    server: says(`${ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nup 1\n\r\n0\r\n\r\n`),
    error: broken,
  },
  'headers without end': {
    server: raw((socket) => {
      socket.write(ok);
      endlessly(socket, Buffer.from('X-Y: z\r\n'.repeat(1000)));
    }),
    error: broken,
  },
  'a header of a megabyte': { server: says(`${ok}X: ${'y'.repeat(1 << 20)}\r\n\r\n`), error: broken },
  'status 100 without end': {
    server: raw((socket) => endlessly(socket, Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'))),
    error: broken,
  },
  'status 103 without end': {
    server: raw((socket) => endlessly(socket, Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'))),
    error: /^broken: more than 10 heads with a status below 200$/,
  },
  'switches protocols': {
    server: says('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
    error: broken,
  },
  'HTTP/0.9': { server: saysAndEnds('up 1\n'), error: broken },
  'another protocol': { server: saysAndEnds('SSH-2.0-OpenSSH_9.2\r\n'), error: broken },
  'a redirect': {
    // Were it followed, the scrape would succeed.
    server: http(({ url, headers }, response) => {
      if (url === '/elsewhere') response.end('up 1\n');
      else response.writeHead(302, { location: `http://${headers.host}/elsewhere` }).end();
    }),
    error: /^status: 302$/,
  },
  'status 401': {
    server: status(401),
    error: /^status: 401, it wants a token, which is sent over https only$/,
  },
  'status 500': { server: status(500), error: /^status: 500$/ },
  'status 204': { server: status(204), error: /^status: 204$/ },
  'status 304': { server: status(304), error: /^status: 304$/ },
};
