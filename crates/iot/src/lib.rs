//! Commands, settings and registry on AWS IoT.
