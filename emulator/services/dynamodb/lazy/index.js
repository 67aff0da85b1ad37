'use strict';
const { EventEmitter } = require('node:events');
const { Stream } = require('node:stream');

/**
 * A list whose values come as events `data`. Its end is an event `pipe`: after the event `end` of its source, or when no more values are wanted.
 *
 * It is what dynalite uses of the package `lazy` of npm, which names no text of its licence, and so cannot be part of what ships:
 * https://github.com/pkrumins/node-lazy
 */
module.exports = class Lazy extends EventEmitter {
  constructor(source) {
    super();
    this.source = source;
    let isOver = false;
    this.once('pipe', () => { isOver = true; });
    this.once('end', () => { if (!isOver) this.emit('pipe'); });
    if (source) source.on('end', () => this.emit('end'));
    // The values of a stream are passed on by dynalite itself.
    if (source && !(source instanceof Stream)) source.on('data', (value) => this.emit('data', value));
  }

  /** What a listener throws is an error of the stream, so that whoever made the list learns of it. */
  emit(...event) {
    try {
      return super.emit(...event);
    } catch (error) {
      if (!(this.source instanceof Stream)) throw error;
      return this.source.emit('error', error);
    }
  }

  map(change) {
    const list = this.next();
    this.on('data', (value) => list.emit('data', change(value)));
    return list;
  }

  takeWhile(holds) {
    const list = this.next();
    let isTaking = true;
    this.on('data', (value) => {
      if (!isTaking) return;
      isTaking = holds(value);
      if (isTaking) list.emit('data', value);
      else this.emit('pipe');
    });
    return list;
  }

  join(action) {
    const values = [];
    this.on('data', (value) => values.push(value));
    this.once('pipe', () => action(values));
    return this;
  }

  next() {
    const list = new Lazy();
    this.once('pipe', () => list.emit('pipe'));
    return list;
  }
};
