export function MyDayScreen() {
  return null;
}
