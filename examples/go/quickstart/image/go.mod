module trips

go 1.26.0
