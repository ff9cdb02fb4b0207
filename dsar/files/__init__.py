"""Files of requests: what may come in, how it is kept, how it goes out. No models: who owns a file is the caller's."""
