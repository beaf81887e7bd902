//! Types, units and validation shared by the browser and the server.
