// What a scan sounds like: recognised high and short, choose rising, refused low and twice.
const TONES = {
  known: [[1320, 0, 0.07]],
  choose: [[880, 0, 0.08], [1175, 0.1, 0.1]],
  unknown: [[196, 0, 0.16], [165, 0.2, 0.26]],
};
let audio = null;

export function sound(state) {
  try {
    audio ??= new AudioContext();
    for (const [pitch, from, length] of TONES[state] ?? []) {
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      tone.type = state === "unknown" ? "square" : "sine";
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.08, audio.currentTime + from);
      loudness.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + from + length);
      tone.connect(loudness).connect(audio.destination);
      tone.start(audio.currentTime + from);
      tone.stop(audio.currentTime + from + length);
    }
  } catch { /* no sound here */ }
}
