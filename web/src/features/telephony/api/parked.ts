export const PARKED = ["parked"] as const;
