"""The commands of `tuanzu`, one file per matter; each adds itself by `app_commands(app)`."""
