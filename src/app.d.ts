declare global {
  namespace App {
    interface Error {
      id: string;
      message: string;
    }
  }
}

export {};
