/* The way to this map, frame by frame: a slider, and a button that plays it. */

const REPLAY = { total: 7000, least: 60, most: 500, seek: 220 }; // milliseconds: all frames, one frame, one jump

const playerMethods = {
  listenToPlayer(signal) {
    const [button, slider] = this.player.children;
    button.addEventListener("click", () => this.togglePlay(), { signal });
    slider.addEventListener("input", () => this.seek(Number(slider.value)), { signal });
    slider.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        this.togglePlay();
      },
      { signal },
    );
  },

  /** A map with other places begins at its last frame; the same map stays where the person has put it. */
  showPlayer(isNew) {
    const { frames } = this.points;
    this.player.hidden = !frames || this.isSolid;
    if (!frames) {
      this.stopPlay();
      return;
    }
    if (!isNew && this.time !== undefined) return;
    this.isPlaying = false;
    this.time = frames.last;
    this.stopPlay();
    const slider = this.player.children[1];
    slider.max = frames.last;
    this.unpacked = new Map();
    this.tellFrame();
  },

  placesAt(k) {
    const { frames, places } = this.points;
    if (k >= frames.last) return places;
    if (!this.unpacked.has(k)) {
      if (this.unpacked.size > 3) this.unpacked.clear();
      this.unpacked.set(k, { x: frames.x(k), y: frames.y(k) });
    }
    return this.unpacked.get(k);
  },

  /** Put the points between two frames. */
  setTime(time, placeNames) {
    this.time = time;
    const k = Math.floor(time);
    const [a, b, t] = [this.placesAt(k), this.placesAt(k + 1), time - k];
    const between = (from, to) => (t === 0 ? from : from.map((value, i) => value + (to[i] - value) * t));
    Object.assign(this.points, { x: between(a.x, b.x), y: between(a.y, b.y) });
    this.paint(placeNames);
    this.tellFrame();
  },

  frameText() {
    const { frames } = this.points;
    const k = Math.round(this.time);
    const value = frames.values[k] ? ` · ${quoted(frames.values[k], 60)}` : "";
    return `${frames.name} ${counts.format(frames.numbers[k])}${value}`;
  },

  tellFrame() {
    const [, slider, output] = this.player.children;
    const k = Math.round(this.time);
    this.root.dataset.frame = this.points.frames.numbers[k];
    if (Number(slider.value) !== k) slider.value = k;
    const text = this.frameText();
    if (output.textContent === text) return;
    output.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  },

  togglePlay() {
    if (this.isPlaying) {
      this.stopPlay();
      return;
    }
    const { last } = this.points.frames;
    if (last < 1) return;
    const start = this.time >= last ? 0 : this.time;
    const each = Math.min(REPLAY.most, Math.max(REPLAY.least, REPLAY.total / last));
    this.runTime(start, last, (last - start) * each);
  },

  seek(to) {
    this.runTime(this.time, to, REPLAY.seek, true);
  },

  runTime(from, to, duration, isSeek = false) {
    this.stopPlay();
    this.isPlaying = !isSeek;
    this.cameWithMotion = true;
    this.dressPlayer();
    cancelAnimationFrame(this.animation);
    this.glideEnd = 0;
    let start;
    let named = -Infinity;
    const step = (now) => {
      start ??= now;
      const part = stillness.matches && isSeek ? 1 : Math.min(1, (now - start) / duration);
      const time = from + (to - from) * part;
      const names = part === 1 || now - named > 240;
      if (names) named = now;
      this.setTime(stillness.matches ? Math.round(time) : time, names);
      if (part < 1) this.playing = requestAnimationFrame(step);
      else this.stopPlay();
    };
    this.playing = requestAnimationFrame(step);
  },

  stopPlay() {
    cancelAnimationFrame(this.playing);
    const wasPlaying = this.isPlaying;
    this.isPlaying = false;
    this.dressPlayer();
    if (!this.points?.frames) return;
    this.cameWithMotion = this.data.moving;
    this.findFar();
    if (wasPlaying) this.speak(this.frameText());
  },

  dressPlayer() {
    const button = this.player.firstElementChild;
    const label = this.isPlaying ? "Pause" : "Play";
    if (button.getAttribute("aria-label") === label) return;
    button.setAttribute("aria-label", label);
    button.title = label;
    button.innerHTML = iconed(this.isPlaying ? "pause" : "play");
  },
};
