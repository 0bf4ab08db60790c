export function CallLog() {
  return null;
}
