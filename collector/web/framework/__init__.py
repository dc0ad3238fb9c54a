"""Web framework: guards, errors, security headers, assets, languages, form fields."""
