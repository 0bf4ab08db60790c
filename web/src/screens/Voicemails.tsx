export function Voicemails() {
  return null;
}
