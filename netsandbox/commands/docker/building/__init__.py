"""docker build: a Dockerfile, and the images that it makes."""
