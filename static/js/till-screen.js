// What every screen of the till loads; collectstatic puts all of it in here (backoffice.core.static).
import "./app.js";
import "./till.js";
