/* What the person has asked for, which Python decides. */

const PATIENCE = 10000; // milliseconds in which Python may not have heard of it

/** Numbers what is sent, so that an older answer of Python's does not undo what it has not heard of yet. */
export class Wish {
  constructor() {
    this.serial = 0;
  }

  /**
   * The event to send.
   *
   * @param {object} content
   */
  stamp(content) {
    this.serial = Math.max(Date.now(), this.serial + 1);
    return { ...content, serial: this.serial };
  }

  /**
   * Whether what Python says was said before it heard.
   *
   * @param {number} heard The serial that it heard last.
   */
  isUnheard(heard) {
    return this.serial > heard && Date.now() - this.serial < PATIENCE;
  }
}
