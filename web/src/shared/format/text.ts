/** For comparing what was typed with names: no case, no diacritics ("đ" too), so that "huong" finds "Hương". */
export const foldText = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().trim();
