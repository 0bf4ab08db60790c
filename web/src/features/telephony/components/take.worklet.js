/* global AudioWorkletProcessor, registerProcessor */

/** Hands on what the microphone hears. A file of its own: the page runs no scripts but the server's. */
class Take extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice());
    return true;
  }
}

registerProcessor("take", Take);
