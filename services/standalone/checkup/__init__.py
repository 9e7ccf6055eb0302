"""The parts of `tuanzu doctor`: one file per thing it looks at, each giving findings."""
