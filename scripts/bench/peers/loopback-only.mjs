// Preloaded into a program that would listen on every address: whatever it asks for, it listens on loopback.
import { Server } from 'node:net';

const { listen } = Server.prototype;
Server.prototype.listen = function listenOnLoopback(first, ...rest) {
  const options = typeof first === 'object' ? first : { port: Number(first) };
  const onListening = rest.find((argument) => typeof argument === 'function');
  return listen.call(this, { ...options, host: '127.0.0.1' }, onListening);
};
