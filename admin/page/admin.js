"use strict";
document.querySelector("main").textContent = "Migrations at " + document.documentElement.dataset.base;
